"""What a course may do to the pores: what trials say, shrunk to one person."""
