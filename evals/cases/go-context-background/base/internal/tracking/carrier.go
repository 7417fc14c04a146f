package tracking

import (
	"context"
	"errors"
)

var ErrUnknownParcel = errors.New("unknown parcel")

type Status struct {
	Carrier string `json:"carrier"`
	State   string `json:"state"`
}

type Carrier interface {
	// Track returns ErrUnknownParcel when the parcel is not theirs. It has no timeout of its own.
	Track(ctx context.Context, number string) (Status, error)
}
