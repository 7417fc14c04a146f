from media.probe import parse_duration


def test_parses_seconds() -> None:
    assert parse_duration("12.480000\n") == 12.48
