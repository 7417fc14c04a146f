package links

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	_ "github.com/lib/pq"
)

type Store struct {
	db *sql.DB
}

func Open(url string) (*Store, error) {
	db, err := sql.Open("postgres", url)
	if err != nil {
		return nil, fmt.Errorf("open the links: %w", err)
	}
	return &Store{db: db}, nil
}

// Target returns the address of a code, or "" when there is none.
func (s *Store) Target(ctx context.Context, code string) (string, error) {
	var target string
	err := s.db.QueryRowContext(ctx, "SELECT target FROM links WHERE code = $1", code).Scan(&target)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return target, err
}
