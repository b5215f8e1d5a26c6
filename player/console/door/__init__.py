"""What everybody passes who comes over the network: the socket, the certificate, and the guard of every request."""
