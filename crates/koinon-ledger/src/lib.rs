//! Items, lots, counts, needs, offers, commitments and transfers: the stock book.
