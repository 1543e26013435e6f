// Verifies certificate chains with crypto/x509, as crypto/tls does in a client. Each line of the input is a chain in
// JSON, each line of the output its result.
package main

import (
	"bufio"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"time"
)

type chain struct {
	Sent     [][]byte // DER, leaf first; base64 in JSON
	Anchors  [][]byte
	Hostname string
	Now      time.Time
}

type result struct {
	Ok      bool     `json:"ok"`
	Reasons []string `json:"reasons"`
}

// Unreadable certificates from the server end the handshake, unreadable anchors are skipped. A panic is an error: some
// versions panic at keys of unknown algorithms (CVE-2024-24783).
func verify(c chain) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
		}
	}()
	var leaf *x509.Certificate
	intermediates, roots := x509.NewCertPool(), x509.NewCertPool()
	for i, der := range c.Sent {
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		if i == 0 {
			leaf = certificate
		} else {
			intermediates.AddCert(certificate)
		}
	}
	for _, der := range c.Anchors {
		if certificate, err := x509.ParseCertificate(der); err == nil {
			roots.AddCert(certificate)
		}
	}
	_, err = leaf.Verify(x509.VerifyOptions{
		DNSName:       c.Hostname,
		Intermediates: intermediates,
		Roots:         roots,
		CurrentTime:   c.Now,
		KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	return err
}

func main() {
	input := bufio.NewReader(os.Stdin)
	decoder, encoder := json.NewDecoder(input), json.NewEncoder(os.Stdout)
	for decoder.More() {
		var c chain
		if err := decoder.Decode(&c); err != nil {
			log.Fatal(err)
		}
		answer := result{Ok: true, Reasons: []string{}}
		if err := verify(c); err != nil {
			answer = result{Reasons: []string{err.Error()}}
		}
		if err := encoder.Encode(answer); err != nil {
			log.Fatal(err)
		}
	}
}
