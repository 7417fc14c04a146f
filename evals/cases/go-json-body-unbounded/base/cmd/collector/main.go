package main

import (
	"log"
	"net/http"
	"os"
	"time"

	"example.com/collector/internal/readings"
	"example.com/collector/internal/web"
)

func main() {
	store, err := readings.Open(os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{
		Addr:              ":8443",
		Handler:           web.Routes(store),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		TLSConfig:         web.MutualTLS(os.Getenv("METER_CA")),
	}
	log.Fatal(server.ListenAndServeTLS(os.Getenv("TLS_CERT"), os.Getenv("TLS_KEY")))
}
