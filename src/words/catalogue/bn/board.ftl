# ওয়েব বোর্ড।

board-title = dakbox
