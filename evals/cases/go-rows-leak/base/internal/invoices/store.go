package invoices

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

type Invoice struct {
	ID       int64
	Supplier int64
	Number   string
	Cents    int64
	Date     time.Time
}

type Store struct {
	db *sql.DB
}

func NewStore(db *sql.DB) *Store {
	db.SetMaxOpenConns(20)
	return &Store{db: db}
}

func (s *Store) Insert(ctx context.Context, invoice Invoice) error {
	_, err := s.db.ExecContext(ctx,
		"INSERT INTO invoices (supplier_id, number, cents, invoice_date) VALUES ($1, $2, $3, $4)",
		invoice.Supplier, invoice.Number, invoice.Cents, invoice.Date)
	if err != nil {
		return fmt.Errorf("insert invoice %s: %w", invoice.Number, err)
	}
	return nil
}
