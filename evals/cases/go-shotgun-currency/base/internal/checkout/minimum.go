package checkout

func minimumCents(currency string) int64 {
	if currency == "GBP" {
		return 900
	}
	return 1000
}
