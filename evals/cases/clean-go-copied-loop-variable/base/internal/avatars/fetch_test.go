package avatars

import (
	"context"
	"errors"
	"testing"
)

type fakeSource map[string][]byte

func (s fakeSource) Avatar(_ context.Context, member string) ([]byte, error) {
	if image, ok := s[member]; ok {
		return image, nil
	}
	return nil, errors.New("not found")
}

func TestKeepsTheOrderAndLeavesGaps(t *testing.T) {
	source := fakeSource{"ana": []byte("a"), "cem": []byte("c")}

	images := FetchAll(context.Background(), source, []string{"ana", "bob", "cem"})

	if string(images[0]) != "a" || images[1] != nil || string(images[2]) != "c" {
		t.Errorf("got %q", images)
	}
}
