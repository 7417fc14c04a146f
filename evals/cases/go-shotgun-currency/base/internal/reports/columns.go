package reports

var currencyColumns = []string{"EUR", "GBP"}

func columnOf(currency string) int {
	for i, known := range currencyColumns {
		if known == currency {
			return i
		}
	}
	return -1
}
