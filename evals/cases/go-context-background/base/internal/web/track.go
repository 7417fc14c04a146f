package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"example.com/tracking/internal/tracking"
)

func track(carriers []tracking.Carrier) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status, err := tracking.Find(r.Context(), carriers, r.PathValue("number"))
		switch {
		case errors.Is(err, tracking.ErrUnknownParcel):
			http.NotFound(w, r)
		case err != nil:
			http.Error(w, "carriers not reached", http.StatusBadGateway)
		default:
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(status)
		}
	}
}
