"""Files that come with tips: cleaned in a process of their own, sealed, and put away under random names."""
