package server

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Hosts are the host names under which people open the pages. The pages have no login. A
// foreign web page can make a browser open its own name, which resolves to this machine (DNS
// rebinding); the browser then sends that name, and the pages refuse it.
type Hosts struct {
	// Listen is the host of the address that the pages listen on; "" for all addresses.
	Listen string
	// Names are further names: of a proxy, of the machine.
	Names []string
}

// known reports whether the pages answer to the value of a Host header.
func (k Hosts) known(header string) bool {
	host := hostOf(header)
	if host == "localhost" || strings.HasSuffix(host, ".localhost") { // never in the DNS (RFC 6761, 6.3)
		return true
	}
	same := func(name string) bool { return strings.EqualFold(name, host) }
	if host != "" && (same(k.Listen) || slices.ContainsFunc(k.Names, same)) {
		return true
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	// A browser sends an address only if a person entered one, so that no name was resolved.
	listen, err := netip.ParseAddr(k.Listen)
	return ip.Unmap().IsLoopback() || k.Listen == "" || err == nil && listen.IsUnspecified()
}

// hostOf returns the host of a Host header, without port, brackets and final dot.
func hostOf(header string) string {
	host := header
	if h, _, err := net.SplitHostPort(header); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// only refuses requests for unknown hosts.
func (k Hosts) only(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !k.known(r.Host) {
			http.Error(w, "conformd does not serve its pages under this host name; add it to hosts in the configuration", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
