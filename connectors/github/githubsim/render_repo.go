package githubsim

import "strings"

func (s *Server) repoURL(r *repo) string { return s.base + s.prefix + "/repos/" + r.full() }

// repoPaths are the addresses that a repository names, by field.
const repoPaths = `archive_url /{archive_format}{/ref}
assignees_url /assignees{/user}
blobs_url /git/blobs{/sha}
branches_url /branches{/branch}
collaborators_url /collaborators{/collaborator}
comments_url /comments{/number}
commits_url /commits{/sha}
compare_url /compare/{base}...{head}
contents_url /contents/{+path}
contributors_url /contributors
deployments_url /deployments
downloads_url /downloads
events_url /events
forks_url /forks
git_commits_url /git/commits{/sha}
git_refs_url /git/refs{/sha}
git_tags_url /git/tags{/sha}
hooks_url /hooks
issue_comment_url /issues/comments{/number}
issue_events_url /issues/events{/number}
issues_url /issues{/number}
keys_url /keys{/key_id}
labels_url /labels{/name}
languages_url /languages
merges_url /merges
milestones_url /milestones{/number}
notifications_url /notifications{?since,all,participating}
pulls_url /pulls{/number}
releases_url /releases{/id}
stargazers_url /stargazers
statuses_url /statuses/{sha}
subscribers_url /subscribers
subscription_url /subscription
tags_url /tags
teams_url /teams
trees_url /git/trees{/sha}`

// renderRepo is the full form of a repository as one account sees it; webhooks
// show it without permissions.
func (s *Server) renderRepo(r *repo, who *account) map[string]any {
	web := s.base + "/" + r.full()
	open := 0
	for _, i := range r.issues {
		if !i.gone && i.movedTo == nil && i.state == "open" {
			open++
		}
	}
	visibility := "public"
	if r.private {
		visibility = "private"
	}
	m := map[string]any{
		"id": r.id, "node_id": node("Repository", r.id), "name": r.name, "full_name": r.full(),
		"owner": s.renderUser(r.owner), "private": r.private, "html_url": web, "description": nil, "fork": false,
		"url": s.repoURL(r), "clone_url": web + ".git", "svn_url": web, "default_branch": "main", "forks": 0,
		"forks_count": 0, "git_url": "git:" + strings.TrimPrefix(web, "https:") + ".git",
		"ssh_url": "git@github.test:" + r.full() + ".git", "has_downloads": true, "has_issues": !r.noIssues,
		"has_projects": true, "has_wiki": true, "has_pages": false, "has_discussions": false, "homepage": nil,
		"language": nil, "archived": r.archived, "disabled": false, "mirror_url": nil, "open_issues": open,
		"open_issues_count": open, "license": nil, "pushed_at": stamp(r.created), "size": 0, "stargazers_count": 0,
		"watchers": 0, "watchers_count": 0, "created_at": stamp(r.created), "updated_at": stamp(r.created),
		"visibility": visibility, "network_count": 0, "subscribers_count": 0, "topics": []string{},
		"allow_forking": true, "is_template": false, "web_commit_signoff_required": false,
	}
	for line := range strings.Lines(repoPaths) {
		field, path, _ := strings.Cut(strings.TrimSpace(line), " ")
		m[field] = s.repoURL(r) + path
	}
	if who != nil {
		rank := who.roleIn(r).rank()
		m["permissions"] = map[string]bool{
			"admin": rank >= 4, "maintain": rank >= 4, "push": rank >= 3, "triage": rank >= 2, "pull": rank >= 1 || !r.private,
		}
	}
	return m
}
