# The web board: what is going on, a job's page, figures, health.

board-title = dakbox
