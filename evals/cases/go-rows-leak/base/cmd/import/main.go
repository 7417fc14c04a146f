// Command import books the invoices that arrive in a queue; it runs until it is stopped.
package main

import (
	"context"
	"database/sql"
	"log/slog"
	"os"

	_ "github.com/lib/pq"

	"example.com/billing/internal/inbox"
	"example.com/billing/internal/invoices"
)

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		slog.Error("database not opened", "error", err)
		os.Exit(1)
	}
	store := invoices.NewStore(db)
	ctx := context.Background()
	for invoice := range inbox.Invoices(ctx, os.Getenv("QUEUE_URL")) {
		if err := invoices.Book(ctx, store, invoice); err != nil {
			slog.Warn("invoice not booked", "number", invoice.Number, "error", err)
		}
	}
}
