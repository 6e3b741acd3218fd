package cli

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/regular"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

// maxSent bounds a document whose digest is noted.
const maxSent = 64 << 20

func (s *session) sentCommand() *cobra.Command {
	var x act
	var to, on, file string
	c := &cobra.Command{
		Use: "sent NAME --to BODY", Short: "Note that a document about a record went to the certification body", Args: oneName,
		Long: `Notes in the audit log what was sent, when and to whom. With --file the log gets the name
and the SHA-256 digest of the file: whoever keeps the file can show later that it is the one
that was sent. The register does not keep the file itself; store it where your documents are.
conformd sends nothing.

` + names,
		Example: `  conformd register response NC-2026-0007 -o response.html
  conformd register sent NC-2026-0007 --to "Body X" --file response.html --as irene --reason "the answer to SA-2026/F-03"`,
	}
	c.Flags().StringVar(&to, "to", "", "who got it (needed)")
	c.Flags().StringVar(&on, "on", "", "the day on which it was sent; today if it is not given")
	c.Flags().StringVar(&file, "file", "", "the document that was sent")
	c.RunE = func(c *cobra.Command, a []string) error {
		command := register.Send{To: strings.Join(strings.Fields(to), " "), Reason: x.reason}
		if command.To == "" {
			return misuse("it is not said who got it", `name them: --to "Body X"`)
		}
		if file != "" {
			data, err := regular.Read(file, maxSent)
			if err != nil {
				return misuse("the document cannot be read: "+err.Error(), "give the file that was sent with --file")
			}
			command.File, command.SHA256 = strings.ToValidUTF8(filepath.Base(file), "\uFFFD"), fmt.Sprintf("%x", sha256.Sum256(data))
		}
		return s.act(c.Context(), x, func(ctx context.Context, acts *service.Acts, r *reading, by service.By) (service.Acted, error) {
			date, err := typed(r, register.FieldDue, on)
			if err != nil {
				return service.Acted{}, err
			}
			row, err := s.find(ctx, r, a[0])
			if err != nil {
				return service.Acted{}, err
			}
			return acts.Do(ctx, row.Record.ID, by, func(by register.Author) register.Command {
				command.By, command.On = by, date
				if date == "" {
					command.On = by.At.Format(time.DateOnly)
				}
				return command
			})
		})
	}
	return s.acting(c, &x, "a word on it, such as which answer it was")
}
