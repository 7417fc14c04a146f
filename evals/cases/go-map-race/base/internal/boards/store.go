package boards

import (
	"context"
	"errors"
)

var ErrNotFound = errors.New("no such board")

type Board struct {
	ID    string   `json:"id"`
	Lists []string `json:"lists"`
}

type Store struct {
	boards map[string]Board
}

// Get is safe for concurrent use: the map is filled at the start and then only read.
func (s *Store) Get(_ context.Context, id string) (Board, error) {
	board, ok := s.boards[id]
	if !ok {
		return Board{}, ErrNotFound
	}
	return board, nil
}
