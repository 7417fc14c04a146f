package web

import (
	"log/slog"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"example.com/helpdesk/internal/attachments"
)

const maxAttachment = 20 << 20

func upload(store *attachments.Store) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ticket, err := strconv.ParseInt(r.PathValue("ticket"), 10, 64)
		if err != nil {
			http.Error(w, "bad ticket", http.StatusBadRequest)
			return
		}
		name := uuid.NewString()
		if err := store.Save(ticket, name, http.MaxBytesReader(w, r.Body, maxAttachment)); err != nil {
			slog.ErrorContext(r.Context(), "attachment not stored", "ticket", ticket, "error", err)
			http.Error(w, "not stored", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Location", "/attachments/"+strconv.FormatInt(ticket, 10)+"/"+name)
		w.WriteHeader(http.StatusCreated)
	})
}
