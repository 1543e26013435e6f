// The server of echo_server.c with Go's crypto/tls, which has no call for KeyUpdate.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"net"
	"os"
)

func serve(connection *tls.Conn) error {
	if err := connection.Handshake(); err != nil {
		return err
	}
	command := make([]byte, 16384)
	length, err := connection.Read(command)
	if err != nil {
		return err
	}
	if _, err := connection.Write([]byte("ok\n")); err != nil {
		return err
	}
	if string(command[:length]) == "close" {
		if err := connection.CloseWrite(); err != nil {
			return err
		}
		sum := adler32.New()
		received, err := io.Copy(sum, connection)
		if err == nil {
			fmt.Printf("received %d %d\nclosed\n", received, sum.Sum32())
		}
		return err
	}
	if _, err := io.Copy(connection, connection); err != nil {
		return err
	}
	fmt.Println("closed")
	if _, err := connection.Write([]byte("end\n")); err != nil {
		return err
	}
	return connection.CloseWrite()
}

func configure(chain, key, clientCA, group string) (*tls.Config, error) {
	certificate, err := tls.LoadX509KeyPair(chain, key)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{certificate}}
	if clientCA != "-" {
		pem, err := os.ReadFile(clientCA)
		if err != nil {
			return nil, err
		}
		config.ClientCAs = x509.NewCertPool()
		if !config.ClientCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New("no client CA")
		}
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	if group != "-" {
		config.CurvePreferences = []tls.CurveID{tls.CurveP384}
	}
	return config, nil
}

func main() {
	config, err := configure(os.Args[1], os.Args[2], os.Args[3], os.Args[4])
	if err != nil {
		panic(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("port %d\n", listener.Addr().(*net.TCPAddr).Port)
	for {
		socket, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		if err := serve(tls.Server(socket, config)); err != nil {
			fmt.Printf("failed: %v\n", err)
		}
		socket.(*net.TCPConn).CloseWrite() // a reset would take the last bytes with it
		io.Copy(io.Discard, socket)
		socket.Close()
	}
}
