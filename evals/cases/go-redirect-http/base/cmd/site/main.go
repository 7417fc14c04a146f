package main

import (
	"log"
	"net/http"
	"os"
	"time"

	"example.com/site/internal/links"
	"example.com/site/internal/pages"
)

func main() {
	store, err := links.Open(os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", pages.Handler())
	_ = store

	go func() {
		log.Fatal(http.ListenAndServe(":80", http.HandlerFunc(toHTTPS)))
	}()
	server := &http.Server{Addr: ":443", Handler: withHSTS(mux), ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServeTLS(os.Getenv("TLS_CERT"), os.Getenv("TLS_KEY")))
}

func toHTTPS(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "https://"+os.Getenv("PUBLIC_HOST")+r.URL.RequestURI(), http.StatusMovedPermanently)
}

func withHSTS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		next.ServeHTTP(w, r)
	})
}
