"""Files of tips: cleaned, sealed, put away."""
