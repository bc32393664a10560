// go POLICIES PORT: policies by host in a map, from a JSON file, over Go's own HTTP server.
package main

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
)

func main() {
	file, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var policies map[string]string
	if err := json.Unmarshal(file, &policies); err != nil {
		log.Fatal(err)
	}
	answer := func(w http.ResponseWriter, r *http.Request) {
		policy, found := policies[r.Host]
		if !found {
			http.Error(w, "no policy", http.StatusNotFound)
			return
		}
		header := w.Header()
		header.Set("Content-Type", "text/plain; charset=utf-8")
		header.Set("Content-Length", strconv.Itoa(len(policy)))
		header.Set("Cache-Control", "max-age=60")
		_, _ = io.WriteString(w, policy)
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[2], http.HandlerFunc(answer)))
}
