# In place of words of the video service that assume a screen. The brackets show that these are not its words.

screen-export = [dakbox: There is nothing to click. dakbox exports the film by itself.]
screen-click = [dakbox: There is nothing to click. dakbox works without a screen.]
screen-timeline = [dakbox: There is no timeline to open here. The report of a film tells what is in it.]
screen-credits = [dakbox: The report of a film tells how many credits are left.]
# Costs: a further message is paid, so it is never sent by itself.
screen-further = [dakbox: "{ $words }" would be a further change. Ask for it with new words in a text; it costs credits.]
