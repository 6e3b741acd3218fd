package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/internal/demo"
	"github.com/conformd/conformd/internal/rehearsal"
)

type simOptions struct {
	jira, github, deployment, webhooks, file, only string
	records                                        int
	latency                                        time.Duration
	force                                          bool
}

func (s *session) simCommand() *cobra.Command {
	var o simOptions
	c := &cobra.Command{
		Use: "sim", Short: "A simulated Jira and GitHub on loopback, to rehearse with", Args: noArgs,
		Long: `Starts a simulated Jira and a simulated GitHub that speak the vendors' HTTP APIs,
with people who have accounts in both. With --print-config it writes a configuration
with which conformd works against them from another terminal. Everything is lost
when it ends.

With --only there is one of the two, so that each can be a process of its own: name
both addresses to both.`,
		Example: `  conformd sim --records 20 --print-config sim/conformd.yaml
  conformd run -c sim/conformd.yaml        # in another terminal, with the variables it prints
  conformd sim --only jira                 # and --only github in another terminal`,
		RunE: func(c *cobra.Command, _ []string) error { return s.sim(c.Context(), o) },
	}
	f := c.Flags()
	f.StringVar(&o.jira, "jira-addr", "127.0.0.1:9021", "address of the simulated Jira")
	f.StringVar(&o.github, "github-addr", "127.0.0.1:9022", "address of the simulated GitHub")
	f.IntVar(&o.records, "records", 0, "records that are there from the start")
	f.StringVar(&o.only, "only", "", "jira or github: start this one alone, and know of the other only its address")
	f.StringVar(&o.deployment, "deployment", "cloud", "Jira as cloud or dc (Data Center)")
	f.DurationVar(&o.latency, "latency", 0, "delay of every answer")
	f.StringVar(&o.webhooks, "webhooks-to", "", "base address of a conformd to deliver webhooks to (http://127.0.0.1:8485)")
	f.StringVar(&o.file, "print-config", "", "new file to write a configuration for conformd to")
	f.BoolVar(&o.force, "force", false, "let --print-config replace a file that is there")
	return c
}

func (s *session) sim(ctx context.Context, o simOptions) (err error) {
	deployment := jirasim.Cloud
	switch o.deployment {
	case "cloud":
	case "dc":
		deployment = jirasim.DataCenter
	default:
		return &fault{Code: "CLI-002", Exit: ExitUsage, What: fmt.Sprintf("--deployment is %q", o.deployment), Remedy: "cloud or dc"}
	}
	switch {
	case o.only != "" && o.only != "jira" && o.only != "github":
		return &fault{Code: "CLI-002", Exit: ExitUsage, What: fmt.Sprintf("--only is %q", o.only), Remedy: "jira or github"}
	case o.only != "" && o.records > 0:
		return &fault{Code: "CLI-002", Exit: ExitUsage, What: "--records goes with both trackers", Why: "some are filed in Jira and some in GitHub", Remedy: "leave out --only or --records"}
	}
	if o.file != "" && !o.force {
		if _, err := os.Lstat(o.file); err == nil {
			return taken(o.file)
		}
	}
	w, err := rehearsal.Start(ctx, rehearsal.Options{Deployment: deployment, JiraAddr: o.jira, GitHubAddr: o.github, Latency: o.latency, Only: o.only})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if err := demo.File(w, o.records); err != nil {
		return err
	}
	if o.webhooks != "" {
		if err := w.Webhooks(ctx, strings.TrimSuffix(o.webhooks, "/")); err != nil {
			return err
		}
	}
	text, err := w.Config(rehearsal.Settings{JiraTwin: true, PollEvery: "5s"})
	if err != nil {
		return err
	}
	if o.file != "" {
		if err := writeConfig(o.file, text, o.force); err != nil {
			return err
		}
	}
	if err := s.print("%s", simText(w, o)); err != nil {
		return err
	}
	s.say("ready; Ctrl-C ends it")
	<-ctx.Done()
	return nil
}

// writeConfig writes a new file, or replaces one if it is told to. What is there may be
// the configuration of a register.
func writeConfig(path, text string, force bool) error {
	mode := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		mode = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(path, mode, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return taken(path)
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

func taken(path string) *fault {
	return &fault{
		Code: "CLI-051", Exit: ExitUsage, What: path + " is there already", Err: fs.ErrExist,
		Remedy: "name a new file with --print-config, or add --force to replace this one",
	}
}

// simText says where the simulators are, who may log in, and how to act as them.
func simText(w *rehearsal.World, o simOptions) string {
	var b strings.Builder
	line := func(format string, a ...any) { fmt.Fprintf(&b, format+"\n", a...) }
	repo := w.GitHubURL + "/repos/" + rehearsal.Owner + "/" + rehearsal.Repo
	line("Jira    %s  project %s", w.JiraURL, rehearsal.Project)
	line("GitHub  %s  repository %s/%s\n", w.GitHubURL, rehearsal.Owner, rehearsal.Repo)
	line("Accounts (play tokens, they protect nothing)")
	user := func(login string) string { return login + "@example.com" }
	if o.deployment == "dc" {
		user = func(login string) string { return login }
	}
	for _, p := range rehearsal.Players() {
		line("  %-6s %-14s Jira %s:%s   GitHub token %s%s", p.Login, p.Name, user(p.Login), p.Token(), p.Token(), words("   ", strings.Join(p.Roles, ", ")))
	}
	line("\nFor conformd")
	line("  export JIRA_TOKEN=%s GITHUB_TOKEN=%s WEBHOOK_SECRET=%s", rehearsal.JiraToken, rehearsal.GitHubToken, rehearsal.WebhookSecret)
	if o.file != "" {
		line("  conformd run -c %s", o.file)
	}
	line("\nActing as a person, over the vendors' own paths")
	line("  curl -H 'Authorization: Bearer erik-token' %s/issues -d '{\"title\":\"Leavers keep their accounts\",\"body\":\"### What is wrong\\n\\nThree accounts.\",\"labels\":[\"capa\",\"grade/minor\"]}'", repo)
	line("  curl -H 'Authorization: Bearer erik-token' -X PATCH %s/issues/1 -d '{\"state\":\"closed\",\"state_reason\":\"completed\"}'", repo)
	line("  curl -H 'Authorization: Bearer rita-token' %s/issues/1/comments -d '{\"body\":\"/capa effective Checked four weekly exports.\"}'", repo)
	line("  curl -u %s:olga-token -X PUT -H 'Content-Type: application/json' %s/rest/api/2/issue/ISMS-1 -d '{\"fields\":{\"%s\":\"The HR feed runs late.\"}}'", user("olga"), w.JiraURL, w.Jira.FieldID("Root cause"))
	line("\nSteering the simulators (each has these)")
	line("  curl %s/_sim/log", w.JiraURL)
	line("  curl %s/_sim/faults -d '{\"path\":\"/issues\",\"do\":\"status\",\"status\":429,\"header\":{\"Retry-After\":\"5\"}}'", w.GitHubURL)
	line("  curl %s/_sim/webhooks -d '{\"lose\":1}'", w.GitHubURL)
	return b.String()
}
