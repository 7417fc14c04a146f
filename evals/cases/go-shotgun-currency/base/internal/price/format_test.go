package price

import "testing"

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		cents    int64
		currency string
		want     string
	}{
		{1205, "EUR", "12.05 €"},
		{1205, "GBP", "£12.05"},
	} {
		if got := Format(c.cents, c.currency); got != c.want {
			t.Errorf("Format(%d, %s) = %q, want %q", c.cents, c.currency, got, c.want)
		}
	}
}
