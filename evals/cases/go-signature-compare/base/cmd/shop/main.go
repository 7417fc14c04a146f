package main

import (
	"log"
	"net/http"
	"time"

	"example.com/shop/internal/orders"
	"example.com/shop/internal/payments"
)

func main() {
	store := orders.MustOpen()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /callbacks/payments", payments.Callback(store))
	server := &http.Server{Addr: ":8080", Handler: mux, ReadTimeout: 10 * time.Second, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}
