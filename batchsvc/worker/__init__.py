"""The worker: takes items of many batches, scans them, writes what became of them, and survives what happens meanwhile.

engine    jobs say which batches are worth a look; its loop is restarted whenever it ends
runner    shares the process's scans between batches: claims, scans, settles in groups
endings   what an ended scan means for its item
leases    keeps what is being scanned, lets go of what was lost
reaper    finds what nobody works on, and tells the engine
running   all of them together, in one process
"""
