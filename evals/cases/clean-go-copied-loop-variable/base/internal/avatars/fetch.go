package avatars

import (
	"context"
	"log/slog"
)

type Source interface {
	// Avatar returns a small PNG. It gives up after two seconds, and is safe for concurrent use.
	Avatar(ctx context.Context, member string) ([]byte, error)
}

// FetchAll returns one image for each member, in order; nil where it could not be fetched.
func FetchAll(ctx context.Context, source Source, members []string) [][]byte {
	images := make([][]byte, len(members))
	for i, member := range members {
		image, err := source.Avatar(ctx, member)
		if err != nil {
			slog.WarnContext(ctx, "avatar not fetched", "member", member, "error", err)
			continue
		}
		images[i] = image
	}
	return images
}
