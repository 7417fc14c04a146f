package mail

func decimalMark(currency string) string {
	if currency == "EUR" {
		return ","
	}
	return "."
}
