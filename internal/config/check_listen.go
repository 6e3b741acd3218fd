package config

import (
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// checkListeners judges the addresses of the pages and of webhooks.
func (c *Config) checkListeners() {
	fail := c.source.fail
	if what, ok := listenAddress(c.Listen); !ok {
		fail(CodeForm, "listen", what, "write host:port, such as 127.0.0.1:8484")
	} else if c.SignsIn() && !c.Behind() && !loopback(hostOf(c.Listen)) {
		fail(CodeOpenPages, "listen", "other machines reach this address, and passwords and sessions would travel in the clear",
			"write 127.0.0.1:8484, or put a proxy that speaks TLS before it and write its address: public_url: https://register.acme.example; webhooks have a listener of their own, webhooks.listen; pages_without_login: true lets everybody who reaches the pages read them")
	}
	if what, ok := listenAddress(c.Webhooks.Listen); !ok {
		fail(CodeForm, "webhooks.listen", what, "write host:port, such as 127.0.0.1:8485 or :8485")
	} else if c.TakesWebhooks() && c.Webhooks.Listen == c.Listen && !strings.HasSuffix(c.Listen, ":0") {
		fail(CodeDuplicate, "webhooks.listen", "it is the address of the pages", "write another port: what strangers reach must not serve the pages")
	}
	for i, h := range c.Hosts {
		if !regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`).MatchString(h) && !isIP(h) {
			fail(CodeForm, Key("hosts", i), quote(h)+" is not the name of a host", "write the name alone, such as register.example.com, without scheme and port")
		}
	}
}

// TakesWebhooks reports whether a tracker delivers webhooks, so that their listener is opened.
func (c *Config) TakesWebhooks() bool {
	return slices.ContainsFunc(c.Trackers, func(s Site) bool { return len(s.Webhook.Secrets) > 0 })
}

// OpenPages reports whether others than this machine reach the pages and read them without signing in.
func (c *Config) OpenPages() bool { return c.Open && !loopback(hostOf(c.Listen)) }

// WebhooksMoved reports whether a tracker delivers webhooks and the configuration does not say
// where: it may be from before webhooks had a listener of their own.
func (c *Config) WebhooksMoved() bool {
	return c.TakesWebhooks() && !c.source.written("webhooks.listen")
}

func isIP(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// hostOf returns the host of an address to listen on; "" is every address.
func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return "" // reported already
	}
	return host
}

// listenAddress says what is wrong with an address to listen on.
func listenAddress(s string) (what string, ok bool) {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return quote(s) + " is not an address to listen on", false
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n > 65535 {
		return quote(port) + " is not a port", false
	}
	return "", true
}
