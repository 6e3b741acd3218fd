package cli

import (
	"cmp"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/audit"
)

type versionInfo struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
	Audit    int    `json:"audit_format"`
}

func (s *session) version() versionInfo {
	v := versionInfo{Version: s.Version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Audit: audit.FormatVersion}
	if b, ok := debug.ReadBuildInfo(); ok {
		v.Version = cmp.Or(v.Version, b.Main.Version)
		for _, kv := range b.Settings {
			switch kv.Key {
			case "vcs.revision":
				v.Revision = kv.Value
			case "vcs.time":
				v.Time = kv.Value
			case "vcs.modified":
				v.Modified = kv.Value == "true"
			}
		}
	}
	v.Version = cmp.Or(v.Version, "(devel)")
	return v
}

func (s *session) versionCommand() *cobra.Command {
	return s.jsonFlag(&cobra.Command{
		Use: "version", Short: "Which build this is", Args: noArgs,
		Example: "  conformd version --json",
		RunE: func(*cobra.Command, []string) error {
			v := s.version()
			if s.json {
				return s.printJSON(v)
			}
			return s.print("conformd %s (%s, %s, audit log format %d)\n", v.Version, v.Go, v.Platform, v.Audit)
		},
	})
}
