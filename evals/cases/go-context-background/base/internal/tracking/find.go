package tracking

import (
	"context"
	"errors"
	"fmt"
)

func Find(ctx context.Context, carriers []Carrier, number string) (Status, error) {
	for _, carrier := range carriers {
		status, err := carrier.Track(ctx, number)
		if err == nil {
			return status, nil
		}
		if !errors.Is(err, ErrUnknownParcel) {
			return Status{}, fmt.Errorf("track %s: %w", number, err)
		}
	}
	return Status{}, ErrUnknownParcel
}
