package invoices

import "context"

func Book(ctx context.Context, store *Store, invoice Invoice) error {
	return store.Insert(ctx, invoice)
}
