"""Dots that are pores: found at their size, outlined, and told from hair, spots and texture."""
