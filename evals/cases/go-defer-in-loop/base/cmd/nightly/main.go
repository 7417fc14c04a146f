package main

import (
	"log/slog"
	"os"

	"example.com/helpdesk/internal/tickets"
)

func main() {
	if _, err := tickets.Open(os.Getenv("DATABASE_URL")); err != nil {
		slog.Error("database not opened", "error", err)
		os.Exit(1)
	}
}
