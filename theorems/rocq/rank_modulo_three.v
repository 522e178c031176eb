(* Full rank over GF(3) is full rank over the rationals, and over any field of numbers. *)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section GF3.
Variables (R : numFieldType) (m k : nat) (A : 'M[int]_(m, k)).

Lemma full_rank_mod_3_lifts :
  row_full (map_mx intr A : 'M['F_3]_(m, k)) -> row_full (map_mx intr A : 'M[R]_(m, k)).
Proof.
case/row_fullP => B BA.
pose B' : 'M[int]_(k, m) := map_mx (fun x : 'F_3 => (x : nat)%:Z) B.
have lift : map_mx intr B' = B by apply/matrixP => i j; rewrite !mxE -pmulrn natr_Zp.
have nz : \det (B' *m A) != 0.
  apply/eqP => e; have := congr1 (fun x : int => x%:~R : 'F_3) e.
  by rewrite -det_map_mx map_mxM lift BA det1 => /eqP; rewrite oner_eq0.
have u : map_mx intr (B' *m A) \in (unitmx : {pred 'M[R]_k}).
  by rewrite unitmxE det_map_mx unitfE intr_eq0.
apply/row_fullP; exists (invmx (map_mx intr (B' *m A)) *m map_mx intr B').
by rewrite -mulmxA -map_mxM mulVmx.
Qed.

(* trivial kernel over GF(3) is full column rank *)
Lemma trivial_kernel_lifts :
  (forall v : 'cV['F_3]_k, map_mx intr A *m v = 0 -> v = 0) ->
  row_full (map_mx intr A : 'M[R]_(m, k)).
Proof.
move=> h; apply: full_rank_mod_3_lifts.
rewrite /row_full -mxrank_tr -/(row_free _) -kermx_eq0; apply/eqP/row_matrixP => a.
rewrite row0; set v := row a _; apply: trmx_inj; rewrite trmx0; apply: h.
by apply: trmx_inj; rewrite trmx_mul trmxK trmx0 -row_mul mulmx_ker row0.
Qed.
End GF3.
