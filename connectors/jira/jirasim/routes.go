package jirasim

import (
	"net/http"
	"strings"
)

// A table finds the endpoint of a path. The paths of createmeta stand apart,
// because a ServeMux cannot tell them from those of an issue of that name.
type table struct{ main, createmeta *http.ServeMux }

func (t *table) of(path string) *http.ServeMux {
	if strings.Contains(path, "/issue/createmeta/") {
		return t.createmeta
	}
	return t.main
}

// routes is the table of what is served. Writes exist in version 2 only, where
// text is wiki markup.
func (s *Server) routes() *table {
	t := &table{main: http.NewServeMux(), createmeta: http.NewServeMux()}
	m := t.main
	read := func(method, path string, e func(*Server, *call)) {
		for _, v := range []string{"2", "3", "latest"} {
			if s.cloud || v != "3" {
				t.of(path).Handle(method+" /rest/api/"+v+path, s.on(e))
			}
		}
	}
	write := func(method, path string, e func(*Server, *call)) {
		for _, v := range []string{"2", "latest"} {
			m.Handle(method+" /rest/api/"+v+path, s.on(e))
		}
	}
	read("GET", "/serverInfo", (*Server).serverInfo)
	read("GET", "/myself", (*Server).myself)
	read("GET", "/mypermissions", (*Server).myPermissions)
	read("GET", "/permissions", (*Server).allPermissions)
	read("GET", "/field", (*Server).listFields)
	read("GET", "/project/{project}", (*Server).getProject)
	read("GET", "/project/{project}/statuses", (*Server).projectStatuses)
	read("GET", "/issue/createmeta/{project}/issuetypes", (*Server).createTypes)
	read("GET", "/issue/createmeta/{project}/issuetypes/{type}", (*Server).createFields)
	read("GET", "/priority", (*Server).listPriorities)
	read("GET", "/resolution", (*Server).listResolutions)
	read("GET", "/status", (*Server).listStatuses)
	read("GET", "/user", (*Server).getUser)
	read("GET", "/user/search", (*Server).findUsers)
	read("GET", "/user/assignable/search", (*Server).findUsers)

	write("POST", "/issue", (*Server).createIssue)
	read("GET", "/issue/{issue}", (*Server).getIssue)
	write("PUT", "/issue/{issue}", (*Server).editIssue)
	read("GET", "/issue/{issue}/editmeta", (*Server).editFields)
	write("PUT", "/issue/{issue}/assignee", (*Server).assignIssue)
	read("GET", "/issue/{issue}/transitions", (*Server).getTransitions)
	write("POST", "/issue/{issue}/transitions", (*Server).doTransition)
	read("GET", "/issue/{issue}/comment", (*Server).listComments)
	read("GET", "/issue/{issue}/comment/{comment}", (*Server).getComment)
	write("POST", "/issue/{issue}/comment", (*Server).postComment)
	write("PUT", "/issue/{issue}/comment/{comment}", (*Server).putComment)
	write("DELETE", "/issue/{issue}/comment/{comment}", (*Server).dropComment)
	write("DELETE", "/issue/{issue}", (*Server).dropIssue)
	write("POST", "/issue/{issue}/attachments", (*Server).postAttachments)
	read("GET", "/attachment/{attachment}", (*Server).getAttachment)
	write("DELETE", "/attachment/{attachment}", (*Server).dropAttachment)
	read("GET", "/issue/{issue}/properties", (*Server).listProperties)
	read("GET", "/issue/{issue}/properties/{property}", (*Server).getProperty)
	write("PUT", "/issue/{issue}/properties/{property}", (*Server).putProperty)
	read("GET", "/comment/{comment}/properties/{property}", (*Server).getCommentProperty)

	read("GET", "/search", (*Server).oldSearch)
	read("POST", "/search", (*Server).oldSearch)
	if s.cloud {
		read("GET", "/issue/{issue}/changelog", (*Server).listHistory)
		read("POST", "/comment/list", (*Server).commentsByID)
		read("GET", "/search/jql", (*Server).search)
		read("POST", "/search/jql", (*Server).search)
		read("POST", "/search/approximate-count", (*Server).count)
		read("POST", "/issue/bulkfetch", (*Server).bulkFetch)
	}
	m.Handle("GET /rest/webhooks/1.0/webhook", s.on((*Server).listWebhooks))
	m.Handle("POST /rest/webhooks/1.0/webhook", s.on((*Server).createWebhook))
	m.Handle("DELETE /rest/webhooks/1.0/webhook/{id}", s.on((*Server).deleteWebhook))
	return t
}
