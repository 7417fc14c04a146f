package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"example.com/planner/internal/boards"
)

func showBoard(store *boards.Store) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		board, err := store.Get(r.Context(), r.PathValue("id"))
		if errors.Is(err, boards.ErrNotFound) {
			http.NotFound(w, r)
			return
		}
		if err != nil {
			http.Error(w, "internal error", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(board)
	}
}
