# Entries that travel by hand, on a memory stick or a phone
carry-title = Carry entries by hand
carry-lead = Where no line goes, a memory stick or a phone brings entries from one community's computer to another. Whoever carries the file needs not be trusted: each entry proves itself.
carry-bring = Somebody brought a file
carry-file = The file
carry-file-hint = Its name ends in .koinon. The same file twice changes nothing.
carry-bring-go = Take it in
carry-along = Take a file along
carry-along-go = Make the file
carry-along-keepers = Files to take along are made by those who keep the computer.
carry-for = For
carry-for-all = everybody
carry-everything = Everything, also what they are known to have
carry-letter = The file holds what communities share with one another. Carry it like a letter, and delete it from the stick afterwards.
carry-nobody = There is no community { $found } whose computer is known here.
carry-broke-off = The file did not come over whole. Send it again; what came of it is kept.
carry-empty = The file is empty. Choose the file that ends in .koinon.
carry-no-bundle = This is no file of entries. Choose the one that ends in .koinon.
carry-other-federation = This file was made in another federation. Ask for one of yours.
carry-breaks-off = The file breaks off before its end. What could be read is taken in; ask for the file again to get the rest.
carry-damaged =
    { $n ->
        [one] One byte of the file is damaged. What could be read is taken in; ask for the file again to get the rest.
       *[other] { $n } bytes of the file are damaged. What could be read is taken in; ask for the file again to get the rest.
    }
carry-waiting =
    { $n ->
        [one] One entry waits for earlier ones that did not come. Bring the other part of the file, or ask for everything.
       *[other] { $n } entries wait for earlier ones that did not come. Bring the other part of the file, or ask for everything.
    }
carry-strangers =
    { $n ->
        [one] One entry is of a computer that is not known here, and was left out.
       *[other] { $n } entries are of computers that are not known here, and were left out.
    }
carry-closed =
    { $n ->
        [one] One entry is not shared with this community, and was left out.
       *[other] { $n } entries are not shared with this community, and were left out.
    }
carry-newer = Part of the file is for a newer version of this program.
carry-refused = Some entries were refused:
carry-from = Made by
carry-made = Made
carry-made-at = { $date }, { $time }
carry-of = Entries of
carry-part = More
carry-more = Another file goes on. Bring it too.
carry-done =
    { $n ->
        [0] Nothing in it was new
        [one] One new entry
       *[other] { $n } new entries
    }
carry-look = See what changed
carry-next = Another file
carry-suspended = That computer is said to be in other hands, so no file is made for it.
