package payments

import (
	"encoding/json"
	"log/slog"
	"net/http"
)

type event struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	OrderID string `json:"order_id"`
}

type Orders interface {
	// MarkPaid does nothing for an order that is paid already.
	MarkPaid(orderID, eventID string) error
}

func Callback(orders Orders) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var received event
		if err := json.NewDecoder(r.Body).Decode(&received); err != nil {
			http.Error(w, "bad body", http.StatusBadRequest)
			return
		}
		if received.Kind == "payment.succeeded" {
			if err := orders.MarkPaid(received.OrderID, received.ID); err != nil {
				slog.ErrorContext(r.Context(), "order not marked as paid", "order", received.OrderID, "error", err)
				http.Error(w, "try again", http.StatusInternalServerError)
				return
			}
		}
		w.WriteHeader(http.StatusNoContent)
	}
}
