package readings

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

type Reading struct {
	At    time.Time `json:"at"`
	Value float64   `json:"value"`
}

type Store struct {
	pool *pgxpool.Pool
}

func Open(url string) (*Store, error) {
	pool, err := pgxpool.New(context.Background(), url)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return &Store{pool: pool}, nil
}

// Add stores the readings of one meter. It fails as a whole when one of them is there already.
func (s *Store) Add(ctx context.Context, meter string, list []Reading) error {
	_, err := s.pool.CopyFrom(ctx, pgx.Identifier{"readings"}, []string{"meter", "at", "value"},
		pgx.CopyFromSlice(len(list), func(i int) ([]any, error) {
			return []any{meter, list[i].At, list[i].Value}, nil
		}))
	if err != nil {
		return fmt.Errorf("store %d readings of %s: %w", len(list), meter, err)
	}
	return nil
}
