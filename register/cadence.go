package register

import "time"

// A Cadence is how often a value is entered.
type Cadence string

// The cadences.
const (
	Daily      Cadence = "daily"
	Weekly     Cadence = "weekly"
	Monthly    Cadence = "monthly"
	Quarterly  Cadence = "quarterly"
	HalfYearly Cadence = "half_yearly"
	Yearly     Cadence = "yearly"
)

func cadences() []string {
	return words([]Cadence{Daily, Weekly, Monthly, Quarterly, HalfYearly, Yearly})
}

// Period returns the period of the cadence in which a moment is, false for a cadence that is not known.
func (c Cadence) Period(t time.Time) (Period, bool) {
	t = t.UTC()
	in := func(length int) (Period, bool) { return months(t.Year(), length, (int(t.Month())-1)/length+1), true }
	switch c {
	case Daily:
		d := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
		return Period{d, d.AddDate(0, 0, 1)}, true
	case Weekly:
		m := monday(t)
		return Period{m, m.AddDate(0, 0, 7)}, true
	case Monthly:
		return in(1)
	case Quarterly:
		return in(3)
	case HalfYearly:
		return in(6)
	case Yearly:
		return in(12)
	default:
		return Period{}, false
	}
}

// measurementDays are the days after the end of a period within which its value is entered.
const measurementDays = 14

// days are the days after the end of a period within which its value is due: a value of a day or of a
// week is due sooner.
func (c Cadence) days() int {
	switch c {
	case Daily:
		return 1
	case Weekly:
		return 3
	default:
		return measurementDays
	}
}

// due is the last day on which the value of a period is in time.
func (c Cadence) due(p Period) string { return p.To.AddDate(0, 0, c.days()-1).Format(time.DateOnly) }
