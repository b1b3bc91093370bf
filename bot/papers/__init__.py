"""What officers print or pass on: card, sheet, poster, tick-list, report; drawn in memory, only when asked for."""
