package cli

import (
	"github.com/spf13/cobra"

	"github.com/conformd/conformd/configs"
	"github.com/conformd/conformd/internal/config"
)

func (s *session) configCommand() *cobra.Command {
	schema := &cobra.Command{
		Use: "schema", Short: "JSON Schema of the configuration, for editors", Args: noArgs,
		Example: "  conformd config schema > conformd.schema.json",
		RunE: func(*cobra.Command, []string) error {
			return s.print("%s", configs.Schema)
		},
	}
	show := &cobra.Command{
		Use: "show", Short: "The configuration in force, with defaults, without secrets", Args: noArgs,
		Example: "  conformd config show -c conformd.yaml",
		RunE: func(*cobra.Command, []string) error {
			c, err := config.LoadOffline(s.path(), s.lookup)
			if err != nil {
				return err
			}
			b, err := c.Redacted()
			if err != nil {
				return err
			}
			return s.print("%s", b)
		},
	}
	return group("config", "The configuration file", "  conformd config validate", s.validateCommand(), schema, show, s.migrateConfigCommand())
}

// mistakes prints every mistake: where, which key, what is wrong and the remedy.
func (s *session) mistakes(es config.Errors) error {
	if s.json {
		type mistake struct {
			Code   config.Code `json:"code"`
			File   string      `json:"file"`
			Line   int         `json:"line,omitempty"`
			Column int         `json:"column,omitempty"`
			Key    string      `json:"key,omitempty"`
			What   string      `json:"what"`
			Remedy string      `json:"remedy,omitempty"`
		}
		out := []mistake{}
		for _, e := range es {
			out = append(out, mistake(e))
		}
		if err := s.printJSON(map[string]any{"valid": false, "file": s.path(), "mistakes": out}); err != nil {
			return err
		}
		return silent(ExitUsage)
	}
	return invalid(es)
}
