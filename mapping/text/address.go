package text

import (
	"strings"

	"github.com/conformd/conformd/internal/markdown"
)

// tidyAddress makes the address of a link or image one that both markups accept,
// or turns it into text. seen has a bit for each kind that surrounds x.
func tidyAddress(x inline, seen int) []inline {
	u, ok := address(x.url)
	switch x.kind {
	case bare:
		if !ok {
			return []inline{{kind: plain, text: squeeze(x.text)}}
		}
		return []inline{{kind: bare, url: u, text: x.text}}
	case image:
		label := strings.TrimSpace(squeeze(strings.Map(func(r rune) rune {
			if strings.ContainsRune("|!,=[]\\{}*_~`<>&@\n", r) {
				return ' '
			}
			return r
		}, x.text)))
		if seen&(1<<link) != 0 {
			label = "" // a picture in a link has no alternative text in Jira
		}
		switch {
		case ok:
			return []inline{{kind: image, url: strings.ReplaceAll(u, "!", "%21"), text: awake(label)}}
		case label == "":
			return []inline{{kind: plain, text: squeeze(x.url)}}
		}
		return []inline{{kind: plain, text: squeeze(label + " (" + x.url + ")")}}
	default:
	}
	kids := trimLine(noBreaks(tidyInlines(x.kids, seen|1<<link)))
	label := plainText(kids)
	switch {
	case !ok && label == "":
		return []inline{{kind: plain, text: squeeze(x.url)}}
	case !ok && x.url == "":
		return kids
	case !ok:
		return append(kids, inline{kind: plain, text: squeeze(" (" + x.url + ")")})
	case len(kids) == 0:
		return []inline{{kind: bare, url: u, text: x.url}}
	}
	if len(kids) == 1 && kids[0].kind == plain && x.text == "" {
		if v, ok := spelled(label); ok && v == u {
			return []inline{{kind: bare, url: u, text: label}}
		}
	}
	return []inline{{kind: link, url: u, text: tidyTitle(x.text), kids: kids}}
}

// noBreaks replaces line breaks by spaces.
func noBreaks(in []inline) []inline {
	for i := range in {
		if in[i].kind == brk {
			in[i] = inline{kind: plain, text: " "}
		}
	}
	return tidyInlines(in, 1<<link)
}

// tidyTitle returns the title of a link with only those characters that both markups accept in a
// title.
func tidyTitle(s string) string {
	return strings.TrimSpace(squeeze(strings.Map(func(r rune) rune {
		if strings.ContainsRune("|[]{}\\\"<>&*_`!", r) {
			return ' '
		}
		return r
	}, s)))
}

// spelled returns the address of a text that GitHub links by itself.
func spelled(s string) (string, bool) {
	if s == "" || markdown.Autolink(s) != len(s) {
		return "", false
	}
	if len(s) > 4 && strings.EqualFold(s[:4], "www.") {
		s = "http://" + s
	}
	return address(s)
}

// address returns u in a spelling that needs no escape in either markup. Only
// addresses of the web, of files and of mail are addresses here: a script is text.
// The detour that keeps an address from being a reference at GitHub is removed.
func address(u string) (string, bool) {
	u = strings.TrimSpace(u)
	low := strings.ToLower(u)
	rest := ""
	for _, scheme := range []string{"https://", "http://", "ftp://", "mailto:"} {
		if strings.HasPrefix(low, scheme) {
			rest = u[len(scheme):]
			u = scheme + rest
		}
	}
	if rest == "" {
		return "", false
	}
	var b strings.Builder
	for _, r := range strings.Replace(u, "://redirect.github.com/", "://github.com/", 1) {
		switch {
		case r <= ' ' || r == 0x7f || strings.ContainsRune("|[]{}<>\\^\"`", r):
			b.WriteString("%" + hex(byte(r>>4)) + hex(byte(r&15)))
		case isSpace(r) || r == 0xFFFD || markdown.Invisible(r):
			return "", false
		default:
			b.WriteRune(r)
		}
	}
	return b.String(), true
}

func hex(b byte) string { return "0123456789ABCDEF"[b : b+1] }
