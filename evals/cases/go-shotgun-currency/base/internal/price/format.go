package price

import "fmt"

func Format(cents int64, currency string) string {
	amount := fmt.Sprintf("%d.%02d", cents/100, cents%100)
	switch currency {
	case "EUR":
		return amount + " €"
	case "GBP":
		return "£" + amount
	default:
		return amount + " " + currency
	}
}
