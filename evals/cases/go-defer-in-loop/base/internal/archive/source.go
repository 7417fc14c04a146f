package archive

import (
	"context"
	"time"
)

type Ticket struct {
	ID   int64
	JSON []byte
}

type Source interface {
	// ClosedBefore calls visit for each ticket, oldest first, and stops at its first error.
	ClosedBefore(ctx context.Context, day time.Time, visit func(Ticket) error) error
	Delete(ctx context.Context, ids []int64) error
}
