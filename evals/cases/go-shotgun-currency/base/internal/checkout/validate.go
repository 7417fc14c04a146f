package checkout

import "fmt"

func validateCurrency(currency string) error {
	if currency != "EUR" && currency != "GBP" {
		return fmt.Errorf("currency %q is not sold", currency)
	}
	return nil
}
