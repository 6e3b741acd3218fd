package jirasim

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// An attachment is a file of an issue; its content is not kept.
type attachment struct {
	id      string
	name    string
	size    int
	author  *account
	created time.Time
}

// attach adds a file to an issue.
func (s *Server) attach(is *issue, a *account, name string, size int, request string) *attachment {
	st := s.draft(is)
	x := &attachment{id: itoa(s.id()), name: name, size: size, author: a}
	st.attachments = append(slices.Clip(st.attachments), x)
	h := s.commit(is, st, a, []item{s.attachmentItem("", "", x.id, name)})
	x.created = st.updated
	s.log(st.at, is, a, "attachment", "", name, request)
	s.emit(event{name: "jira:issue_updated", kind: "issue_updated", is: is, by: a, change: h})
	return x
}

// detach removes a file from an issue, as people do.
func (s *Server) detach(is *issue, a *account, x *attachment, request string) {
	st := s.draft(is)
	st.attachments = slices.DeleteFunc(slices.Clone(st.attachments), func(o *attachment) bool { return o == x })
	h := s.commit(is, st, a, []item{s.attachmentItem(x.id, x.name, "", "")})
	s.log(st.at, is, a, "attachment", x.name, "", request)
	s.emit(event{name: "jira:issue_updated", kind: "issue_updated", is: is, by: a, change: h})
}

func (s *Server) attachmentItem(from, fromWords, to, toWords string) item {
	it := item{Field: "Attachment", FieldType: "jira"}
	if s.cloud {
		it.FieldID = "attachment"
	}
	if from != "" {
		it.From, it.FromString = &from, &fromWords
	}
	if to != "" {
		it.To, it.ToString = &to, &toWords
	}
	return it
}

// References to attachments in wiki markup: pictures, !name.png! or !name.png|thumbnail!,
// and files, [^name.pdf] or [the report|^name.pdf].
var (
	pictures = regexp.MustCompile(`!([^!|\n]+)(?:\|[^!\n]*)?!`)
	files    = regexp.MustCompile(`\[(?:[^\]|\n]*\|)?\^([^\]\n]+)\]`)
)

// embedded are the names of the attachments that the texts of an issue refer to.
func (s *Server) embedded(st *state) map[string]bool {
	out := map[string]bool{}
	read := func(text string) {
		for _, form := range []*regexp.Regexp{pictures, files} {
			for _, m := range form.FindAllStringSubmatch(text, -1) {
				out[m[1]] = true
			}
		}
	}
	for id, v := range st.fields {
		if text, ok := v.(string); ok && s.fieldByID[id].Kind == KindParagraph {
			read(text)
		}
	}
	for _, c := range st.comments {
		read(c.body)
	}
	return out
}

// bury deletes the attachments that were embedded in the texts of before and are not in
// those of after: Cloud deletes a file for good when the last text that shows it is
// replaced by one that does not, whoever writes it
// (ankitpokhrel/jira-cli#1005, sooperset/mcp-atlassian#1192 and #1678). It returns what
// the history says of it. Data Center keeps the files.
func (s *Server) bury(is *issue, before, after *state, a *account, request string) []item {
	if !s.cloud || len(after.attachments) == 0 {
		return nil
	}
	was, still := s.embedded(before), s.embedded(after)
	var items []item
	after.attachments = slices.DeleteFunc(slices.Clone(after.attachments), func(x *attachment) bool {
		if !was[x.name] || still[x.name] {
			return false
		}
		items = append(items, s.attachmentItem(x.id, x.name, "", ""))
		s.log(after.at, is, a, "attachment", x.name, "", request)
		return true
	})
	return items
}

func (s *Server) renderAttachments(st *state, v *view) []any {
	out := []any{}
	for _, x := range st.attachments {
		out = append(out, s.renderAttachment(x, v))
	}
	return out
}

func (s *Server) renderAttachment(x *attachment, v *view) map[string]any {
	kind := mime.TypeByExtension(path.Ext(x.name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	content := s.base + "/secure/attachment/" + x.id + "/" + x.name
	if s.cloud {
		content = v.rest + "/attachment/content/" + x.id
	}
	return map[string]any{
		"self": v.rest + "/attachment/" + x.id, "id": x.id, "filename": x.name, "author": s.renderUser(x.author),
		"created": stamp(x.created, v.a), "size": x.size, "mimeType": kind, "content": content,
	}
}

// postAttachments takes files as a form with parts named file. The header is a guard
// against forged requests.
func (s *Server) postAttachments(c *call) {
	is := s.issueOf(c)
	if is == nil {
		return
	}
	switch {
	case c.r.Header.Get("X-Atlassian-Token") != "no-check":
		c.fail(http.StatusForbidden, "XSRF check failed")
		return
	case !c.a.may("CREATE_ATTACHMENTS"):
		c.fail(http.StatusForbidden, "You do not have permission to create attachments for this issue.")
		return
	}
	_, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || params["boundary"] == "" {
		c.fail(http.StatusUnsupportedMediaType)
		return
	}
	v := s.singleView(c)
	out := []any{}
	parts := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	for {
		part, err := parts.NextPart()
		if err != nil {
			break
		}
		content, err := io.ReadAll(part)
		if err != nil || part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		out = append(out, s.renderAttachment(s.attach(is, c.a, part.FileName(), len(content), c.id), v))
	}
	c.reply(http.StatusOK, out)
}

// attachmentOf finds the attachment of the path, nil after answering 404.
func (s *Server) attachmentOf(c *call) (*issue, *attachment) {
	for _, is := range s.order {
		for _, x := range is.now.attachments {
			if x.id == c.r.PathValue("attachment") && !is.archived && is.visible(c.a) {
				return is, x
			}
		}
	}
	c.fail(http.StatusNotFound, "The attachment with id '"+c.r.PathValue("attachment")+"' does not exist")
	return nil, nil
}

func (s *Server) getAttachment(c *call) {
	_, x := s.attachmentOf(c)
	if x == nil {
		return
	}
	m := s.renderAttachment(x, s.singleView(c))
	if s.cloud {
		m["id"] = parseInt(x.id) // a number here, and a text in an issue
	}
	c.reply(http.StatusOK, m)
}

func (s *Server) dropAttachment(c *call) {
	is, x := s.attachmentOf(c)
	switch {
	case x == nil:
	case x.author != c.a && !c.a.Admin:
		c.fail(http.StatusForbidden, "You do not have permission to delete attachment with id: "+x.id)
	default:
		s.detach(is, c.a, x, c.id)
		c.reply(http.StatusNoContent, nil)
	}
}

// Attach adds a file to an issue and returns its id.
func (p *Person) Attach(issue, name string, content []byte) (string, error) {
	p.s.mu.Lock()
	defer p.s.unlock()
	is := p.s.find(issue, p.a)
	if is == nil || !p.a.may("CREATE_ATTACHMENTS") || strings.TrimSpace(name) == "" {
		return "", ErrRefused
	}
	return p.s.attach(is, p.a, name, len(content), "").id, nil
}
