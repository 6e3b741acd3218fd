package rehearsal

import "context"

// PlatformRepo is the repository of a team that carries out actions.
const PlatformRepo = "platform"

// AddPlatform gives the simulated GitHub the repository of a team, with the labels
// that its issues carry.
func (w *World) AddPlatform(ctx context.Context) error {
	w.GitHub.AddRepo(PlatformRepo)
	w.platform = true
	for _, l := range []string{"capa-action", "action/corrective", "action/preventive", "action/improvement", "in progress"} {
		if err := w.adminIn(ctx, PlatformRepo, "labels", map[string]any{"name": l, "color": "ededed"}); err != nil {
			return err
		}
	}
	return nil
}
