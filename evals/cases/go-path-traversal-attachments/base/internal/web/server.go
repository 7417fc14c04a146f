package web

import (
	"net/http"

	"example.com/helpdesk/internal/attachments"
	"example.com/helpdesk/internal/auth"
)

func Routes(agents *auth.Agents, store *attachments.Store) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /tickets/{ticket}/attachments", agents.Require(upload(store)))
	return mux
}
