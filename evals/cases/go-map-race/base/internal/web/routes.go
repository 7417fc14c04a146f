package web

import (
	"net/http"

	"example.com/planner/internal/boards"
)

func Routes(store *boards.Store) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /boards/{id}", showBoard(store))
	return mux
}
